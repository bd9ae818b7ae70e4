// Package churn makes the peers of a running ring come and go, asks for the
// owners of keys all the while, and says which answers were right.
//
// A lookup under churn has no single right answer: a peer may die between the
// question and the answer. What is asked for is that the answer was true at
// some moment of the question's own time, and this is judged from outside, by
// somebody who knows when each peer was started and killed: see [history].
package churn
