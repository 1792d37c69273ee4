package migrate_test

import (
	"fmt"

	"unpop/migrate"
)

// A name with the server's delimiter in it gets one that looks like it, and can be turned back.
func ExampleEncodeName() {
	name := migrate.EncodeName("Rossi S.p.A.", ".")
	fmt.Println(name)
	fmt.Println(migrate.DecodeName(name))
	// Output:
	// Rossi S．p．A．
	// Rossi S.p.A.
}

func ExampleRoleOf() {
	for _, name := range []string{"Posta inviata", "Papierkorb", "Clienti"} {
		fmt.Printf("%s: %v\n", name, migrate.RoleOf(name))
	}
	// Output:
	// Posta inviata: sent
	// Papierkorb: trash
	// Clienti: none
}

func ExampleFolder_String() {
	fmt.Println(migrate.Folder{Account: "Local Folders", Path: []string{"Clienti", "Entrate/Uscite"}})
	// Output: Local Folders/Clienti/Entrate／Uscite
}
