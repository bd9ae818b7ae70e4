package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"peal/node/blob"
	"peal/node/replica"
)

// escapeKey percent-encodes a key for a URL path. Dots and slashes are encoded
// as well, so that nothing on the way cleans "a//b" or "../x".
func escapeKey(key string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '~' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

// checkKey refuses what the API would refuse, in the same words.
func checkKey(key string) error {
	if err := (replica.Record{Key: key}).Valid(); err != nil {
		return fail(codeUsage, "%v", err)
	}
	return nil
}

// checkSize refuses a value of that many bytes if the API would.
func checkSize(size int64) error {
	if size > blob.MaxSize {
		return fail(codeUsage, "the value has %d bytes: at most %d are allowed", size, int64(blob.MaxSize))
	}
	return nil
}

// show gives a key or a file name for one line of text: as it is where that can
// be read, quoted where it has control characters, is no text at all, or is empty.
func show(name string) string {
	if name == "" || !utf8.ValidString(name) || strings.HasPrefix(name, `"`) {
		return strconv.Quote(name)
	}
	for _, r := range name {
		if !strconv.IsPrint(r) {
			return strconv.Quote(name)
		}
	}
	return name
}

// sizeText gives a number of bytes with three digits or so.
func sizeText(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n), -1
	for size >= 999.5 {
		size /= 1000
		unit++
	}
	return fmt.Sprintf("%.3g %cB", size, units[unit])
}
