// Package original runs the rules of Chord as they were published first, beside the
// ones that our peers follow, through the same joins and crashes.
//
// The rules are those of Stoica et al., Chord (SIGCOMM 2001), figure 7, with the
// successor lists of its section 5.2 and the check of the predecessor that the version
// of 2003 added (IEEE/ACM Transactions on Networking 11(1)). They have a perfect world
// here: calls take no time, and whether a peer lives is known at once. It does not save
// them: stabilize adopts whatever predecessor its successor names, and if that one is
// dead, it pushes a live contact out of the list. Zave showed that no published version
// is correct, and ours is her corrected one (How to Make Chord Correct, 2017): a step
// never adopts a contact that has not answered.
//
// A [Trial] is one schedule, made from a seed.
package original
