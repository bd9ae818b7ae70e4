package store

import (
	"sync"

	"peal/node/replica"
)

// Mem is a store that is gone with the process. It is safe for concurrent use.
type Mem struct {
	mu      sync.RWMutex
	records map[string]replica.Record
	meta    map[string][]byte
}

// Memory makes an empty store in memory.
func Memory() *Mem {
	return &Mem{records: map[string]replica.Record{}, meta: map[string][]byte{}}
}

// Close does nothing: what was stored can still be read.
func (m *Mem) Close() error { return nil }

// Get reads a record.
func (m *Mem) Get(key string) (replica.Record, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	rec, ok := m.records[key]
	return rec, ok, nil
}

// Each calls f with every record's item, in no particular order.
func (m *Mem) Each(f func(replica.Item)) (damage string, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, rec := range m.records {
		f(rec.Item())
	}
	return "", nil
}

// Commit stores writes and then deletes the keys of drops.
func (m *Mem) Commit(writes []replica.Record, drops []replica.Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, rec := range writes {
		m.records[rec.Key] = rec
	}
	for i := range drops {
		delete(m.records, drops[i].Key)
	}
	return nil
}

// Slow is false.
func (m *Mem) Slow() bool { return false }

// Meta reads what SetMeta stored under a name, nil if nothing.
func (m *Mem) Meta(name string) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.meta[name], nil
}

// SetMeta stores a peer's own note.
func (m *Mem) SetMeta(name string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.meta[name] = value
	return nil
}
