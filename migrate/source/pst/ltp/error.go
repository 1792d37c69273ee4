package ltp

import (
	"errors"
	"fmt"

	"unpop/migrate/source/pst/ndb"
)

// Error says what is wrong with the heap, the properties or the table in a node.
type Error struct {
	Node  ndb.NID
	What  string // "heap item 0x40", "property 0x3001"
	Cause error
}

func (e *Error) Error() string { return fmt.Sprintf("node %v: %s: %v", e.Node, e.What, e.Cause) }

// Unwrap gives the cause: one of the errors below or a [*ndb.Damage].
func (e *Error) Unwrap() error { return e.Cause }

// What can be wrong, beside what package ndb says.
var (
	ErrNoHeap    = errors.New("is no heap")
	ErrNoContext = errors.New("is no property context")
	ErrNoTable   = errors.New("is no table context")
	ErrNoItem    = errors.New("no such item on the heap")
	ErrNoTree    = errors.New("is no B-tree on the heap")
	ErrTooDeep   = errors.New("refers to itself or nests too deeply")
	ErrColumns   = errors.New("has impossible columns")
	ErrNoRow     = errors.New("is beyond the end of the rows")
	ErrRowID     = errors.New("holds the id of another row")
	ErrTooLarge  = errors.New("too large to be read at once")
	ErrSize      = errors.New("has the wrong size for its type")
)
