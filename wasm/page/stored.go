package page

import "maps"

// AllStored is everything that is kept, by key. The map is the caller's.
func (s *Site) AllStored() map[string]string { return maps.Clone(s.stored) }
