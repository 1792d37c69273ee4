package migratetest_test

import (
	"bufio"
	"fmt"
	"net"

	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap/memserver"
)

// A server stores a message, and its OK never arrives.
func ExampleProxy() {
	server, err := memserver.New(memserver.Options{Users: map[string]string{"anna": "pw"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	proxy, err := migratetest.NewProxy(server.Addr().String()) // in a test: StartProxy, which closes it
	if err != nil {
		fmt.Println(err)
		return
	}
	defer proxy.Close()
	proxy.Plan(migratetest.SwallowOKAndCut(1).With(migratetest.HangUp()))

	conn, err := net.Dial("tcp", proxy.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprint(conn, "a LOGIN anna pw\r\nb APPEND INBOX {18+}\r\nSubject: x\r\n\r\nhi\r\n\r\n")
	last := ""
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		last = lines.Text()[:4]
	}
	fmt.Println("heard last:", last)
	fmt.Println("fired:", proxy.Fired(), "left:", proxy.Unfired())
	// Output:
	// heard last: a OK
	// fired: map[append ok: hang up:1] left: []
}
