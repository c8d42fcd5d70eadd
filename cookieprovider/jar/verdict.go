package jar

// Access is what document.hasStorageAccess says: whether the frame has the cookies of its site as every page of it has.
type Access int

const (
	Unknown Access = iota // the browser does not know the question
	Given
	Refused
)

// Sharing is what becomes of the frame's cookies in pages of different sites.
type Sharing string

const (
	Shared      Sharing = "shared"      // pages of all sites see the same
	Partitioned Sharing = "partitioned" // each site around the frame has its own
	Blocked     Sharing = "blocked"     // nothing is kept
)

// Observed is what a frame has seen of its browser.
type Observed struct {
	Kept        *Attributes // with which a cookie was kept; nil where none was
	Partitioned bool        // a cookie was kept that asked for a jar for each site
	Access      Access
	SameSite    bool // the page around the frame is of the frame's own origin
}

// Judge says what the cookies are worth. That a cookie was kept is not enough: browsers keep them for each site apart and
// say nothing. A cookie without SameSite=None is kept, in a page of the frame's own origin, but no other site would see it.
func Judge(o Observed) Sharing {
	switch {
	case o.Kept == nil && o.Partitioned:
		return Partitioned
	case o.Kept == nil:
		return Blocked
	case !o.Kept.None || !o.Kept.Secure:
		return Blocked
	case o.Access == Refused && !o.SameSite:
		return Partitioned
	default:
		return Shared
	}
}
