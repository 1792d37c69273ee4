package psttest

import "unpop/migrate/source/pst/ndb"

// File is what is to be written.
type File struct {
	Format     ndb.Format     // the zero value means Unicode
	Encryption ndb.Encryption // the zero value means none
	Version    uint16         // wVer; the zero value means the usual one of the format
	OST        bool           // say in the header that it is an OST file
	Deflate    bool           // deflate blocks, in the format with 4k pages
	Short      bool           // end the file behind its last page, not where the next allocation map would be
	Limits     Limits
	Encode     func(string) []byte // strings of the ANSI format; the zero value means [Latin1]

	Name    string     // of the store
	Store   []Property // more properties of the store
	Folders []*Folder  // below the top of the personal folders
	Deleted []*Message // in Deleted Items
	Search  []*Folder  // search folders; their messages are those of other folders, named by NID
	Orphans []*Message // messages whose folder isn't there
	Names   []Name     // named properties: the i-th has the id 0x8000+i
	Nodes   []RawNode  // nodes of any content
}

// Limits makes structures smaller than they may be. Zeros mean the sizes of the format.
type Limits struct {
	PageEntries int   // entries of a page of the two B-trees
	TreeRecords int   // records of an item of a B-tree on a heap
	HeapBlock   int   // bytes of a heap in a block
	XBlock      int   // references in an XBLOCK or XXBLOCK
	SLBlock     int   // entries of an SLBLOCK or SIBLOCK
	Start       int64 // where blocks begin in the file; a hole is left before
}

// Folder is a folder.
type Folder struct {
	NID        ndb.NID // the zero value means the next one
	Name       string
	Class      string     // IPF.Note if empty
	Properties []Property // more of them
	Folders    []*Folder
	Messages   []*Message
	Associated []*Message // folder associated information
}

// Message is a message, in a folder or in an attachment.
type Message struct {
	NID         ndb.NID // the zero value means the next one
	Properties  []Property
	Recipients  [][]Property
	Attachments []*Attachment
	Sub         []RawNode // more subnodes
}

// Attachment is an attachment of a message.
type Attachment struct {
	Properties []Property
	Message    *Message // what is attached, if it is a message
	Object     []byte   // or what is attached as an object (OLE)
}

// RawNode is a node of any content.
type RawNode struct {
	NID, Parent ndb.NID
	Data        []byte
	Sub         []RawNode
}

// Name is a named property ([MS-PST] 2.4.7): of a set, with a number or a name.
type Name struct {
	Set    [16]byte
	Number uint32
	Name   string // if not empty, instead of the number
}

// Image lays the file out.
func (f *File) Image() (*Image, error) {
	b := newBuilder(f)
	b.store()
	b.names()
	b.templates()
	b.roots()
	for _, m := range f.Orphans {
		b.message(m, ndb.TypeMessage, nidMissing)
	}
	for _, n := range f.Nodes {
		b.rawNode(n)
	}
	return b.finish()
}
