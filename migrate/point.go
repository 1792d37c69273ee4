package migrate

// A Point is an instant at which a run may be stopped for good, by SIGKILL or a power cut, and after which the same command must
// bring the same result. Tests stop it at each of them ([Options.Reached]).
type Point string

// The points, in the order in which a run passes them.
const (
	PointScanned        Point = "scanned"          // a part is read and its stamp stored
	PointIndexed        Point = "indexed"          // the target's messages are in the index, the mailboxes not marked as whole
	PointRecalled       Point = "recalled"         // messages of earlier runs were looked at, and are not compared with the copies
	PointGrouped        Point = "grouped"          // copies are assigned to messages, no message is planned
	PointPlanned        Point = "planned"          // messages are planned, the plan is not yet marked as whole
	PointLookedUp       Point = "looked up"        // bodies on the target were looked at, nothing is decided
	PointMatched        Point = "matched"          // what the target holds already is known, nothing is done
	PointGiven          Point = "given"            // flags are noted as given, and not sent
	PointMoving         Point = "moving"           // moves are claimed, nothing is sent
	PointMoved          Point = "moved"            // messages are moved, the ledger doesn't know
	PointLookedForMoves Point = "looked for moves" // a doubt about moves is answered by the server, the ledger doesn't know
	PointMade           Point = "made"             // a mailbox was made, nothing is in it
	PointClaimed        Point = "claimed"          // a batch is claimed, nothing is sent
	PointAnswered       Point = "answered"         // the server stored a message, the rest of the batch is on its way
	PointAppended       Point = "appended"         // all of a batch was answered, the ledger doesn't know
	PointSettled        Point = "settled"          // the ledger knows
	PointRefused        Point = "refused"          // a refusal is recorded, nothing is mended
	PointMended         Point = "mended"           // other bytes are chosen, and not sent
	PointQuarantined    Point = "quarantined"      // the bytes of a refused message are kept, the refusal is not settled
	PointLooked         Point = "looked"           // a doubt is answered by the server, the ledger doesn't know
	PointTwins          Point = "twins"            // second copies were looked for, none is removed
	PointRemoved        Point = "removed"          // second copies are removed, the ledger doesn't know
	PointUploaded       Point = "uploaded"         // all is sent, nothing is verified
)

// Points returns all of them.
func Points() []Point {
	return []Point{
		PointScanned, PointIndexed, PointRecalled, PointGrouped, PointPlanned, PointLookedUp, PointMatched, PointGiven, PointMoving, PointMoved, PointLookedForMoves, PointMade, PointClaimed, PointAnswered, PointAppended, PointSettled, PointRefused,
		PointMended, PointQuarantined, PointLooked, PointTwins, PointRemoved, PointUploaded,
	}
}

// reach tells a test that a point is reached.
func (m *Migration) reach(p Point) {
	if m.opts.Reached != nil {
		m.opts.Reached(p)
	}
}
