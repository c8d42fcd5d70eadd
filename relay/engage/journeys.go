package engage

import "container/list"

// visitKey names a visit. Its id alone does not: browsers choose it, and two deployments may be told the same one.
type visitKey struct{ deployment, visit string }

// journeys keeps visits in memory, within a number of bytes; of those used longest ago the first are forgotten, and are
// read from the store when they are needed again. It is not safe for use by several goroutines.
type journeys struct {
	max   int
	bytes int
	kept  map[visitKey]*list.Element
	order *list.List // of *Journey; the one used last is at the back
}

func newJourneys(max int) *journeys {
	return &journeys{max: max, kept: map[visitKey]*list.Element{}, order: list.New()}
}

// get gives a visit that is in memory, else nil.
func (m *journeys) get(k visitKey) *Journey {
	at := m.kept[k]
	if at == nil {
		return nil
	}
	m.order.MoveToBack(at)
	return at.Value.(*Journey)
}

// put takes a visit in.
func (m *journeys) put(j *Journey) {
	m.kept[visitKey{j.Deployment, j.Visit}] = m.order.PushBack(j)
	m.grown(j.bytes)
}

// grown says by how much a visit has grown, which may make others go, but not the one that was used last.
func (m *journeys) grown(bytes int) {
	m.bytes += bytes
	for m.bytes > m.max && m.order.Len() > 1 {
		oldest := m.order.Remove(m.order.Front()).(*Journey)
		delete(m.kept, visitKey{oldest.Deployment, oldest.Visit})
		m.bytes -= oldest.bytes
	}
}

// clear forgets all.
func (m *journeys) clear() {
	m.bytes = 0
	clear(m.kept)
	m.order.Init()
}
