package memserver_test

import (
	"fmt"
	"time"

	"unpop/migrate/target/imap/memserver"
)

// A server refuses one command, and somebody else delivers mail meanwhile.
func Example() {
	server, err := memserver.New(memserver.Options{Users: map[string]string{"anna": "pw"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	if err := server.Plan("SELECT", memserver.Answer{Kind: "NO", Code: "INUSE", Text: "try again"}); err != nil {
		fmt.Println(err)
	}
	anna, err := server.Account("anna")
	if err != nil {
		fmt.Println(err)
		return
	}
	uid, err := anna.Deliver("INBOX", []byte("Subject: hello\r\n\r\n"), []string{`\Seen`}, time.Now())
	fmt.Println(uid, err)
	fmt.Println(server.Unfired())
	// Output:
	// 1 <nil>
	// [SELECT: NO [INUSE] try again]
}
