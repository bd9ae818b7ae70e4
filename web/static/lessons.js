// The lessons: recorded runs, each with what there is to see at its moments. A step
// plays from one time to another, in seconds, and says then what happened.

/**
 * @typedef {{from: number, to: number, speed?: number, layer?: string, select?: string, watch?: boolean, text: string}} Step
 * watch draws the last lookup.
 * @type {{id: string, title: string, beside?: {id: string, titles: string[]}, steps: Step[]}[]}
 * beside is another recording, shown at the same time, and the titles of both
 */
export const lessons = [
  {
    id: "lookup", title: "How a lookup halves the distance", steps: [
      { from: 10.25, to: 10.25, select: "e41824978e0440ca", text: "A ring of 64 simulated peers. None knows all others: this one knows its successors, and fingers that lie about half the circle away, a quarter, an eighth, and so on." },
      { from: 10.289, to: 10.289, watch: true, text: "It looks for a key. It asks the peer closest before the key that it has heard of, then the two closest that are named, then the owner. So each answer leaves at most about half of the way. Dotted lines lead to others that it had heard of; under Operations stands why it did not ask them." },
      { from: 10.289, to: 10.289, watch: true, text: "Four requests were enough here. On average it takes ½ log₂ N: three for 64 peers, and ten for a million." },
    ],
  },
  {
    id: "join", title: "What a join moves", steps: [
      { from: 1.2, to: 1.2, layer: "keys", text: "Twelve real peers hold 120 keys, each on three of them. The darker an arc, the more keys its owner has." },
      { from: 1.4, to: 1.8, speed: 0.1, layer: "keys", select: "c6f817e6dd3df189", text: "A thirteenth peer has joined. It owns the arc between its predecessor and itself, and has fetched the 16 records that belong on it now, from the peers that had them." },
      { from: 1.8, to: 2.5, speed: 0.25, layer: "keys", select: "c6f817e6dd3df189", text: "Its neighbours have let go of the 16 copies that they need no longer. None of the other 344 records moved: that is what consistent hashing is for." },
    ],
  },
  {
    id: "crash", title: "What a crash costs", steps: [
      { from: 2.5, to: 2.5, select: "66201b37ff7c8a39", text: "Twelve real peers, 120 keys on three peers each. This one is about to hang: its connections stay open, and nothing answers any more." },
      { from: 2.8, to: 4.3, text: "Two of its neighbours have asked it and got no answer. They suspect it, but do not give it up yet: it may only be slow." },
      { from: 4.3, to: 6.9, speed: 2, text: "Four seconds after the crash the first has given it up, and the next peer owns its arc. No key was lost, since two more peers have each. What a third one lacks is being copied." },
      { from: 6.9, to: 8.35, text: "All keys are on three peers again. Of 360 records 28 were copied, as many as the dead peer had." },
    ],
  },
  {
    id: "original", title: "Why the original protocol breaks",
    beside: { id: "present", titles: ["The rules of 2001", "The rules of today"] },
    steps: [
      { from: 3, to: 3, select: "f65d501d56cfad6a", text: "Two rings of the same eight simulated peers, each of which knows its next two. On the left they follow the rules that were published in 2001, with what was added up to 2003; on the right those of today. The same peers join and crash at the same moments." },
      { from: 3.6, to: 4.4, speed: 0.25, select: "f65d501d56cfad6a", text: "A ninth peer has joined, right behind the chosen one, which now lists it as its successor." },
      { from: 4.5, to: 4.97, speed: 0.2, select: "f65d501d56cfad6a", text: "The newcomer has crashed. On the left the chosen peer saw that, and asked the next one who its predecessor is. That one still named the dead peer, and so it is first in the list again: the old rule takes it without asking whether it lives. The second contact that lives was pushed out. On the right the dead peer was dropped, and the list has the next two that live." },
      { from: 5.8, to: 6.5, speed: 0.5, select: "f65d501d56cfad6a", text: "More than a round after the first crash, the next peer crashes. A list of two must survive that: on the right the chosen peer goes on with the other contact. On the left it has none." },
      { from: 6.5, to: 19.9, speed: 10, select: "f65d501d56cfad6a", text: "On the right the ring was whole again within 1.5 s. On the left all seven peers lead to the chosen one, which leads nowhere, and no rule mends that. Of 1,000 such schedules the old rules left 312 rings broken for good, and those of today none: peal sim original runs them." },
    ],
  },
  {
    id: "partition", title: "A partition and its healing", steps: [
      { from: 2.4, to: 2.4, text: "Sixteen real peers in one ring. Now a cable is pulled: six of them hear nothing from the other ten." },
      { from: 2.8, to: 8.4, speed: 2, text: "The peers of each side have given up those of the other, and each side is a ring of its own, drawn one inside the other. Both go on with what they have." },
      { from: 8.4, to: 10, text: "Both sides serve nearly all keys, so each is counted twice. What is written now on one side is not seen on the other." },
      { from: 10, to: 15.2, speed: 2, text: "The cable is back. The sides have found each other by themselves and have become one ring; of two writes of a key the newer one wins." },
    ],
  },
];
