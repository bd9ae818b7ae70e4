package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A byteSize is a number of bytes, as a flag: digits, and k, M or G behind them, or KiB,
// MiB or GiB.
type byteSize int64

// String is the flag's text.
func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*b), 10)
}

// Set reads it.
func (b *byteSize) Set(s string) error {
	digits := strings.TrimRight(s, "kKMGiB")
	unit, known := map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[s[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !known || !(n >= 0) || n*unit > 1e15 {
		return fmt.Errorf("want a number of bytes such as 500k, 10M or 1GiB")
	}
	*b = byteSize(n * unit)
	return nil
}

// Type is what help calls it.
func (b *byteSize) Type() string { return "bytes" }
