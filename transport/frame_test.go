package transport

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"testing"
)

func encode(t testing.TB, f frame) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := appendFrame(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readFrame(r io.Reader, maxBody int, scratch []byte) (frame, []byte, error) {
	size, err := readSize(r, maxBody)
	if err != nil {
		return frame{}, scratch, err
	}
	return readRest(r, size, scratch)
}

func TestFrameRoundTrip(t *testing.T) {
	frames := []frame{
		{Body: []byte{}},
		{Body: []byte("body")},
		{Body: bytes.Repeat([]byte{7}, MaxBody)},
		{head{[]hint{{Peer: []byte("p"), Addrs: [][]byte{[]byte("a1"), []byte("a2")}}}}, []byte("b")},
	}
	var stream bytes.Buffer
	for _, f := range frames {
		stream.Write(encode(t, f))
	}
	var scratch []byte
	for i, want := range frames {
		got, buf, err := readFrame(&stream, MaxBody, scratch)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("frame %d: got %d bytes and %v, %v", i, len(got.Body), got.Hints, err)
		}
		scratch = buf
	}
	if _, _, err := readFrame(&stream, MaxBody, scratch); err != io.EOF {
		t.Errorf("got error %v at the end, want %v", err, io.EOF)
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	f, err := decodeFrame([]byte{0xa1, 0x18, 99, 0x63, 'n', 'e', 'w', 'o', 'k'})
	if err != nil || string(f.Body) != "ok" {
		t.Errorf("got %q, %v, want %q", f.Body, err, "ok")
	}
}

func TestTooManyAddressesAreRefused(t *testing.T) {
	addrs := make([][]byte, maxPeerAddrs+1)
	hints := make([]hint, maxFrameAddrs/maxPeerAddrs+1)
	for i := range hints {
		hints[i].Addrs = addrs[:maxPeerAddrs]
	}
	for _, f := range []frame{{head: head{[]hint{{Addrs: addrs}}}}, {head: head{hints}}} {
		if _, err := decodeFrame(encode(t, f)[prefix:]); !errors.Is(err, errFrame) {
			t.Errorf("got error %v, want %v", err, errFrame)
		}
	}
}

func TestClaimedSizeAllocatesNothing(t *testing.T) {
	claim := append(binary.BigEndian.AppendUint32(nil, MaxBody), "few bytes"...)
	_, buf, err := readFrame(bytes.NewReader(claim), MaxBody, nil)
	if err != io.ErrUnexpectedEOF {
		t.Errorf("got error %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if got, most := cap(buf), 2*MaxSmall; got > most {
		t.Errorf("allocated %d bytes for 9, want at most %d", got, most)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(encode(f, frame{Body: []byte("body")}))
	f.Add(encode(f, frame{head{[]hint{{Peer: []byte("p"), Addrs: [][]byte{{4, 127, 0, 0, 1}}}}}, []byte("b")}))
	f.Add([]byte{0, 0, 0, 1, 0xa0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, _, err := readFrame(bytes.NewReader(b), MaxSmall, nil)
		if err != nil {
			return
		}
		again, _, err := readFrame(bytes.NewReader(encode(t, got)), MaxSmall+len(b), nil)
		if err != nil || !bytes.Equal(again.Body, got.Body) || len(again.Hints) != len(got.Hints) {
			t.Errorf("%x decodes to %v, and that to %v, %v", b, got, again, err)
		}
	})
}
