// Package study measures two things that no paper gives for our protocol: how
// soon dead peers are found out, at the price of how many false verdicts
// ([DetectorCase]), and how long it takes until the parts of a split ring, or
// rings that began apart, are one ([MergeCase]).
//
// Each case is one simulated run, or two to compare, and independent of the
// others: a caller may measure several at the same time.
package study
