package view

// Action turns the fields of an input message into an Action, if the element is still there and still wants it: what
// was clicked in the moment in which it went away is dropped.
func (r *Root) Action(msg map[string]any) (Action, bool) {
	number, _ := msg["node"].(float64)
	name, _ := msg["action"].(string)
	p := r.byID[int(number)]
	if p == nil || !wants(p.node, name) {
		return Action{}, false
	}
	a := Action{Name: name, Node: p.id, Key: p.key()}
	a.Value, _ = msg["value"].(string)
	a.Press, _ = msg["press"].(string)
	a.Files, _ = msg["files"].([]any)
	if fields, ok := msg["fields"].(map[string]any); ok {
		a.Fields = make(map[string]string, len(fields))
		for k, v := range fields {
			if s, ok := v.(string); ok {
				a.Fields[k] = s
			}
		}
	}
	return a, true
}

func wants(n *Node, action string) bool {
	for _, h := range n.On {
		if h.Action == action {
			return true
		}
	}
	return false
}

// key is the nearest one, the element's own first.
func (p *placed) key() string {
	for ; p != nil; p = p.parent {
		if p.node.Key != "" {
			return p.node.Key
		}
	}
	return ""
}
