package throttle

import "container/list"

// keysAtMost bounds the memory: for each key beyond it, the one that has been quiet for longest is forgotten.
const keysAtMost = 50_000

// kept is a map of what is known of keys, of at most keysAtMost. Making room costs the same however many there are. The
// zero value is empty.
type kept[V any] struct {
	byKey map[string]*list.Element // of order
	order list.List                // of *keptOne[V], by when they were last asked for, the latest first
}

type keptOne[V any] struct {
	key   string
	value V
}

// get gives what is known of a key, which is the zero value at first.
func (k *kept[V]) get(key string) *V {
	if at := k.byKey[key]; at != nil {
		k.order.MoveToFront(at)
		return &at.Value.(*keptOne[V]).value
	}
	if k.byKey == nil {
		k.byKey = map[string]*list.Element{}
	}
	if k.order.Len() >= keysAtMost {
		idlest := k.order.Remove(k.order.Back()).(*keptOne[V])
		delete(k.byKey, idlest.key)
	}
	one := &keptOne[V]{key: key}
	k.byKey[key] = k.order.PushFront(one)
	return &one.value
}
