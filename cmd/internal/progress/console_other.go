//go:build !windows

package progress

import "os"

// enableEscapes makes a terminal obey escape sequences. Only Windows has to be asked.
func enableEscapes(*os.File) (restore func(), ok bool) { return func() {}, true }
