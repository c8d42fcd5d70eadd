package chattest

import (
	"fmt"
	"sync/atomic"
)

// IDs mints "id-0001", "id-0002" and so on. Its zero value is ready. It implements chat.IDs.
type IDs struct{ n atomic.Int64 }

// New mints the next id.
func (i *IDs) New() string { return fmt.Sprintf("id-%04d", i.n.Add(1)) }
