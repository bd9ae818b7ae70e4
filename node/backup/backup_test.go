package backup

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"peal/chord"
	"peal/node/replica"
)

var begun = time.Date(2026, 11, 26, 7, 12, 31, 0, time.UTC)

// A kept record is one with its value.
type kept struct {
	Record
	value string
}

// keep makes records of keys and values, in the order of a file.
func keep(values map[string]string) []kept {
	var list []kept
	for key, value := range values {
		r := Record{Key: key, Version: "1700000000000.0-Fxm1MT", Size: int64(len(value))}
		if strings.HasPrefix(value, "brief") {
			r.Expires = begun.Add(time.Hour)
		}
		list = append(list, kept{r, value})
	}
	slices.SortFunc(list, func(a, b kept) int {
		x, y := chord.KeyID([]byte(a.Key)), chord.KeyID([]byte(b.Key))
		return cmp.Or(x.Compare(y), cmp.Compare(a.Version, b.Version))
	})
	return list
}

var small = keep(map[string]string{
	"greeting": "hello, ring\n", "empty": "", "\xff\x00": "\x00\x01\t\n", "session": "brief",
	"a\tb\n\"\u2028<": `{"record":{"key":"nested"}}`, strings.Repeat("k", replica.MaxKeyLen): "long",
})

func file(t *testing.T, records []kept) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, begun)
	if err != nil {
		t.Fatal(err)
	}
	finish(t, w, records)
	return b.Bytes()
}

// finish puts those records that are not there yet, and ends the file.
func finish(t *testing.T, w *Writer, records []kept) {
	t.Helper()
	for _, r := range records[w.Keys():] {
		if err := w.Put(r.Record, strings.NewReader(r.value).WriteTo); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
}

// all reads a file to its end, and gives what is whole and how much is damaged.
func all(t *testing.T, r *Reader) (whole []kept, damages []*Damage) {
	t.Helper()
	for {
		e, err := r.Next()
		var wrong *Damage
		switch {
		case errors.Is(err, io.EOF):
			return whole, damages
		case errors.As(err, &wrong):
			damages = append(damages, wrong)
		case err != nil:
			t.Fatal(err)
		default:
			value, err := io.ReadAll(e.Value())
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, kept{e.Record, string(value)})
		}
	}
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	large := keep(map[string]string{
		"0": strings.Repeat("0", partLen-1), "1": strings.Repeat("1", partLen), "2": strings.Repeat("2", partLen+1),
		"3": strings.Repeat("3", 2*partLen), "4": strings.Repeat("4", 5*partLen/2), "small": "s",
	})
	for _, want := range [][]kept{nil, small, large} {
		r := NewReader(bytes.NewReader(file(t, want)))
		got, damages := all(t, r)
		if !slices.Equal(got, want) || len(damages) != 0 || r.Begun() != begun || r.Keys() != len(want) {
			t.Errorf("read %d of %d records, %d of them said, of %v, damage %v", len(got), len(want), r.Keys(), r.Begun(), damages)
		}
	}
}

func TestEveryDamageIsNoticed(t *testing.T) {
	whole := file(t, small)
	for i := range whole {
		for _, bit := range []byte{0x01, 0x20, 0x80} {
			damaged := bytes.Clone(whole)
			damaged[i] ^= bit
			got, damages := all(t, NewReader(bytes.NewReader(damaged)))
			// A newline more or less damages two lines.
			if len(damages) == 0 || len(got) < len(small)-2 || len(got) > len(small) {
				t.Fatalf("byte %d of %d xor %#x: %d of %d records read, damage %v", i, len(whole), bit, len(got), len(small), damages)
			}
			for _, r := range got {
				if !slices.Contains(small, r) {
					t.Fatalf("byte %d xor %#x: read %+v, which never was", i, bit, r)
				}
			}
		}
	}
}

func TestEveryCutIsNoticedAndMended(t *testing.T) {
	whole := file(t, small)
	for i := range whole {
		r := NewReader(bytes.NewReader(whole[:i]))
		var wrong *Damage
		for err := error(nil); wrong == nil; _, err = r.Next() {
			if errors.Is(err, io.EOF) {
				t.Fatalf("cut at %d of %d: no damage", i, len(whole))
			}
			errors.As(err, &wrong)
		}
		if !wrong.Cut {
			t.Fatalf("cut at %d of %d: %v", i, len(whole), wrong)
		}
		if r.Offset() == 0 {
			continue // not even the first line
		}
		again := bytes.NewBuffer(bytes.Clone(whole[:r.Offset()]))
		finish(t, r.Continue(again), small)
		if !bytes.Equal(again.Bytes(), whole) {
			t.Fatalf("cut at %d of %d and continued: the file is another", i, len(whole))
		}
	}
}

func TestLinesAreNotExchanged(t *testing.T) {
	lines := bytes.SplitAfter(file(t, small), []byte("\n"))
	lines = lines[:len(lines)-1]
	other := bytes.SplitAfter(file(t, small[1:]), []byte("\n"))
	for name, change := range map[string]func([][]byte) [][]byte{
		"missing":   func(l [][]byte) [][]byte { return slices.Delete(l, 2, 3) },
		"twice":     func(l [][]byte) [][]byte { return slices.Insert(l, 2, l[2]) },
		"exchanged": func(l [][]byte) [][]byte { l[2], l[3] = l[3], l[2]; return l },
		"other end": func(l [][]byte) [][]byte { l[len(l)-1] = other[len(other)-2]; return l },
		"no end":    func(l [][]byte) [][]byte { return l[:len(l)-1] },
		"two ends":  func(l [][]byte) [][]byte { return append(l, l[len(l)-1]) },
		"no head":   func(l [][]byte) [][]byte { return l[1:] },
		"two heads": func(l [][]byte) [][]byte { return slices.Insert(l, 1, l[0]) },
		"more":      func(l [][]byte) [][]byte { return append(l, []byte("x\n")) },
	} {
		changed := bytes.Join(change(slices.Clone(lines)), nil)
		if _, damages := all(t, NewReader(bytes.NewReader(changed))); len(damages) != 1 {
			t.Errorf("%s: damage %v, want one", name, damages)
		}
	}
}

// What is damaged in a large value does not touch the records around it.
func TestDamageInALargeValue(t *testing.T) {
	records := keep(map[string]string{"a": "1", "b": "2", "c": "3", "d": strings.Repeat("d", 3*partLen)})
	at := slices.IndexFunc(records, func(r kept) bool { return r.Key == "d" })
	want := slices.Delete(slices.Clone(records), at, at+1)
	lines := bytes.SplitAfter(file(t, records), []byte("\n"))
	for part := range 3 {
		for name, with := range map[string][]byte{"missing": nil, "damaged": []byte("nonsense\n")} {
			changed := slices.Clone(lines)
			changed[1+at+part] = with
			got, damages := all(t, NewReader(bytes.NewReader(bytes.Join(changed, nil))))
			if !slices.Equal(got, want) || len(damages) != 1 || damages[0].Record != at+1 {
				t.Errorf("part %d %s: read %d of %d records, damage %v", part, name, len(got), len(want), damages)
			}
		}
	}
}

// A value that ends too early, or has too much, can be put again in a file that is cut.
func TestAFailedPutCanBeRepeated(t *testing.T) {
	big := kept{Record{Key: "k", Version: "1.0-a", Size: 2 * partLen}, strings.Repeat("v", 2*partLen)}
	var b bytes.Buffer
	w, err := NewWriter(&b, begun)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", big.value[1:], big.value + "v"} {
		if err := w.Put(big.Record, strings.NewReader(wrong).WriteTo); err == nil {
			t.Errorf("a value of %d bytes was taken for one of %d", len(wrong), big.Size)
		}
		b.Truncate(int(w.Offset()))
	}
	finish(t, w, []kept{big})
	if !bytes.Equal(b.Bytes(), file(t, []kept{big})) {
		t.Error("the file is not what it would be without the failures")
	}
	if err := w.Put(big.Record, strings.NewReader(big.value).WriteTo); err == nil {
		t.Error("a key was taken twice")
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	raw, err := encode(line{Backup: &head{format + 1, begun}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(bytes.NewReader(raw)).Next(); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, want %v", err, ErrNewer)
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(""))
	for _, l := range []line{
		{Backup: &head{format, begun}}, {Record: &record{Key: "k", Size: 1 << 40, Value: []byte("v")}},
		{Record: &record{Base64: []byte("k"), Size: -1}}, {More: []byte("m")}, {End: &end{}}, {},
	} {
		raw, err := encode(l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	first, _ := encode(line{Backup: &head{format, begun}})
	f.Fuzz(func(t *testing.T, text []byte) {
		raw := append(append(bytes.Clone(text), '\t'), checksum(text)...) // past the checksum
		for _, b := range [][]byte{text, raw, slices.Concat(first, text), slices.Concat(first, raw, []byte("\n"))} {
			all(t, NewReader(bytes.NewReader(b)))
		}
	})
}
