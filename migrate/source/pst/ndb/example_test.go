package ndb_test

import (
	"fmt"
	"log"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// The folders of a file are nodes, each with the folder above as its parent.
func ExampleFile_Nodes() {
	image, err := (&psttest.File{Folders: []*psttest.Folder{{Name: "Inbox"}}}).Image()
	if err != nil {
		log.Fatal(err)
	}
	file, err := ndb.Open(image, image.Size())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Format(), file.Encryption())
	for n, err := range file.Nodes() {
		if err != nil {
			log.Print(err) // a part of the file is broken: what is behind it follows
			continue
		}
		if n.ID.Type() == ndb.TypeFolder {
			fmt.Println(n.ID, "in", n.Parent)
		}
	}
	// Output:
	// Unicode none
	// 0x122 in 0x122
	// 0x8022 in 0x122
	// 0x8042 in 0x122
	// 0x8062 in 0x8022
	// 0x8082 in 0x8022
}
