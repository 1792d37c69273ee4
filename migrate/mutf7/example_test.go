package mutf7_test

import (
	"fmt"

	"unpop/migrate/mutf7"
)

func Example() {
	fmt.Println(mutf7.Encode("Università"))
	fmt.Println(mutf7.Decode("Posta &- co"))
	// Output:
	// Universit&AOA-
	// Posta & co <nil>
}
