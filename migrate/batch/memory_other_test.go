//go:build !unix

package batch_test

import "os"

func memoryOf(*os.ProcessState) string { return "" }
