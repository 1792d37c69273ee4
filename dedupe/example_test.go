package dedupe_test

import (
	"fmt"
	"io"
	"strings"

	"unpop/dedupe"
)

// Two mail clients kept one message in their own ways: other line ends, fields of their own, another transfer encoding.
func Example() {
	one := "X-Mozilla-Status: 0001\nMessage-ID: <1@example.it>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nPerché no?\n"
	two := "Message-ID: <1@example.it>\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nPerch=E9 no?\r\n\r\n"

	var ids [2]dedupe.Identity
	var contents [2]dedupe.Digest
	for i, message := range []string{one, two} {
		ids[i], _ = dedupe.Identify(dedupe.NewCleaner(strings.NewReader(message)))
		contents[i], _ = dedupe.Content(dedupe.NewCleaner(strings.NewReader(message)))
	}
	fmt.Println("same bytes:", ids[0].Exact == ids[1].Exact)
	fmt.Println("nominated:", ids[0].Key == ids[1].Key)
	fmt.Println("same content:", contents[0] == contents[1])
	// Output:
	// same bytes: false
	// nominated: true
	// same content: true
}

// What a mail client wrote into the header is taken out, and told.
func ExampleCleaner() {
	c := dedupe.NewCleaner(strings.NewReader("X-Mozilla-Status: 0005\nSubject: ciao\n\ntesto\n"))
	clean, _ := io.ReadAll(c)
	fmt.Printf("%q\n", clean)
	fmt.Println(c.Removed())
	// Output:
	// "Subject: ciao\r\n\r\ntesto\r\n"
	// [{X-Mozilla-Status 0005}]
}
