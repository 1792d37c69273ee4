package mend_test

import (
	"fmt"
	"io"
	"strings"

	"unpop/migrate/mend"
)

func ExampleReader() {
	message := "Subject: x\r\nno field at all\r\nFrom: a@example.it\r\n\r\none\rtwo\x00\r\n"
	for step := mend.AsIs; step <= mend.Last; step++ {
		mended, _ := io.ReadAll(mend.Reader(strings.NewReader(message), step))
		fmt.Printf("%s: %q\n", step, mended)
	}
	// Output:
	// as it is: "Subject: x\r\nno field at all\r\nFrom: a@example.it\r\n\r\none\rtwo\x00\r\n"
	// line ends and NUL made legal: "Subject: x\r\nno field at all\r\nFrom: a@example.it\r\n\r\none\r\ntwo\r\n"
	// header mended, long lines folded: "Subject: x\r\nX-Unpop-Line: no field at all\r\nFrom: a@example.it\r\n\r\none\r\ntwo\r\n"
}
