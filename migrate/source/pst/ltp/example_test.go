package ltp_test

import (
	"fmt"
	"log"

	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// The message that the examples read.
const exampleNID ndb.NID = 0x200004

// exampleMessage is a message with two recipients in a file.
func exampleMessage() ndb.Node {
	m := psttest.Mail(1)
	m.NID = exampleNID
	image, err := (&psttest.File{Format: ndb.ANSI, Folders: []*psttest.Folder{{Messages: []*psttest.Message{m}}}}).Image()
	if err != nil {
		log.Fatal(err)
	}
	file, err := ndb.Open(image, image.Size())
	if err != nil {
		log.Fatal(err)
	}
	n, err := file.Node(exampleNID)
	if err != nil {
		log.Fatal(err)
	}
	return n
}

// A message is a set of properties.
func ExampleContext_Get() {
	c, err := ltp.OpenContext(exampleMessage())
	if err != nil {
		log.Fatal(err)
	}
	subject, _, err := c.Get(0x0037)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s (type %04x)\n", subject.Data, subject.Type)
	submitted, _, err := c.Get(0x0039)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(submitted.Time())
	// Output:
	// Letter 1 (type 001e)
	// 2003-04-05 06:07:01 +0000 UTC true
}

// Its recipients are the rows of a table in a subnode.
func ExampleTable_Rows() {
	n, err := exampleMessage().Subnode(ndb.NIDRecipientTable)
	if err != nil {
		log.Fatal(err)
	}
	table, err := ltp.OpenTable(n)
	if err != nil {
		log.Fatal(err)
	}
	for row, err := range table.Rows() {
		if err != nil {
			log.Print(err)
			continue
		}
		name, _, err := row.Get(0x3001)
		fmt.Printf("%d: %s %v\n", row.ID, name.Data, err)
	}
	// Output:
	// 0: Bert <nil>
	// 1: Carla <nil>
}
