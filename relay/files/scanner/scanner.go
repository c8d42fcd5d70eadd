// Package scanner asks an operator's virus scanner about files: a program (Command) or a service (URL). Both implement
// files.Scanner.
//
// main makes one where relay.yaml names it. It must never let a file through that the scanner has not called clean: what
// is not understood is an error.
package scanner

import "time"

// DefaultTimeout is how long one file may take where the operator says nothing.
const DefaultTimeout = time.Minute
