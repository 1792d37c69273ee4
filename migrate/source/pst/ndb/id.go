package ndb

import "fmt"

// NID is the id of a node ([MS-PST] 2.2.2.1): its type in the low five bits, an index above. A node of the file is unique by
// its NID; a subnode is unique by its NID within its parent only.
type NID uint32

// NIDType is the kind of a node, the low five bits of its NID.
type NIDType uint8

// The types of nodes ([MS-PST] 2.2.2.1 and 2.4.1).
const (
	TypeHeap             NIDType = 0x00 // an item on a heap, no node: what an HNID that is no NID has here
	TypeInternal         NIDType = 0x01 // the message store, the name map, …
	TypeFolder           NIDType = 0x02
	TypeSearchFolder     NIDType = 0x03
	TypeMessage          NIDType = 0x04
	TypeAttachment       NIDType = 0x05
	TypeAssocMessage     NIDType = 0x08 // folder associated information: settings of Outlook, kept as messages
	TypeHierarchyTable   NIDType = 0x0D
	TypeContentsTable    NIDType = 0x0E
	TypeAssocTable       NIDType = 0x0F
	TypeSearchContents   NIDType = 0x10
	TypeAttachmentTable  NIDType = 0x11
	TypeRecipientTable   NIDType = 0x12
	TypeSearchIndexTable NIDType = 0x13
	TypeLTP              NIDType = 0x1F
)

// The nodes that every file has ([MS-PST] 2.4.1).
const (
	NIDMessageStore    NID = 0x21
	NIDNameMap         NID = 0x61
	NIDRootFolder      NID = 0x122
	NIDAttachmentTable NID = 0x671 // subnode of a message
	NIDRecipientTable  NID = 0x692 // subnode of a message
)

// Type is the kind of the node.
func (n NID) Type() NIDType { return NIDType(n & 0x1F) }

// Index is what tells nodes of one type apart.
func (n NID) Index() uint32 { return uint32(n) >> 5 }

// With is the NID of the same index and another type: the contents table of a folder is nid.With(TypeContentsTable).
func (n NID) With(t NIDType) NID { return n&^0x1F | NID(t&0x1F) }

func (n NID) String() string { return fmt.Sprintf("0x%x", uint32(n)) }

// BID is the id of a block ([MS-PST] 2.2.2.2). The zero BID is no block.
type BID uint64

// Internal says that the block holds references to other blocks and no data of a user; such blocks are not encoded.
func (b BID) Internal() bool { return b&2 != 0 }

// key is the id without its reserved lowest bit, under which the block is found.
func (b BID) key() uint64 { return uint64(b) &^ 1 }

func (b BID) String() string { return fmt.Sprintf("0x%x", uint64(b)) }
