package cause

import (
	"fmt"
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
)

// Noticed makes the goroutine act upon a version of an object until the function that it returns is called. A handler that is told again of a
// version that it knows, or of what was there before it began to listen, acts upon nothing.
func Noticed(notice string, old, now any, first bool) func() {
	if file == nil {
		return nothing
	}
	before := current()
	use(noticed(notice, old, now, first))
	return func() { use(before) }
}

func nothing() {}

func noticed(notice string, old, now any, first bool) *Set {
	version := versionOf(now)
	if first || version == "" || (old != nil && versionOf(old) == version) {
		return nil
	}
	return &Set{all: []One{{Version: version, Notice: notice}}}
}

func versionOf(object any) string {
	if object == nil {
		return ""
	}
	if accessor, err := meta.Accessor(object); err == nil {
		return accessor.GetResourceVersion()
	}
	// A cache.DeletedFinalStateUnknown: the deletion itself was missed.
	return ""
}

// Serving makes the goroutine act upon a request, or upon nothing when there is none, until the function that it returns is called.
func Serving(request string) func() {
	if file == nil {
		return nothing
	}
	before := current()
	if request == "" {
		use(nil)
	} else {
		use(&Set{all: []One{{Request: request}}})
	}
	return func() { use(before) }
}

// Into remembers with a key of a queue what the goroutine acts upon, beside what is there.
func Into[T comparable](sets map[T]*Set, key T) {
	if file == nil {
		return
	}
	if now := current(); now != nil {
		sets[key] = Merge(sets[key], now)
	}
}

// From makes the goroutine act upon what was remembered with a key of a queue.
func From[T comparable](sets map[T]*Set, key T) {
	if file == nil {
		return
	}
	use(sets[key])
	delete(sets, key)
}

// Later is what the goroutine acts upon, for something that is to be done after a while.
func Later() *Set {
	if file == nil {
		return nil
	}
	return current().late()
}

// With makes the goroutine act upon a set until the function that it returns is called.
func With(s *Set) func() {
	if file == nil {
		return nothing
	}
	before := current()
	use(s)
	return func() { use(before) }
}

// Bind is the function, acting upon what the goroutine acts upon now, whoever calls it and when.
func Bind(call func(), after bool) func() {
	if file == nil {
		return call
	}
	s := current()
	if after {
		s = s.late()
	}
	return func() {
		defer With(s)()
		call()
	}
}

// kept remembers sets by name where a component hands work from one goroutine to another by means of its own.
var kept = struct {
	sync.Mutex
	sets   map[string]*Set
	shapes map[string]string
}{sets: map[string]*Set{}, shapes: map[string]string{}}

const mostKept = 1 << 17

// Keep remembers under a name what the goroutine acts upon, beside what is there.
func Keep(name string) {
	if file == nil {
		return
	}
	now := current()
	if now == nil {
		return
	}
	kept.Lock()
	defer kept.Unlock()
	if len(kept.sets) < mostKept {
		kept.sets[name] = Merge(kept.sets[name], now)
	}
}

// Take makes the goroutine act upon what was kept under a name, which is forgotten, until the function that it returns is called.
func Take(name string) func() {
	if file == nil {
		return nothing
	}
	before := current()
	Resume(name)
	return func() { use(before) }
}

// Resume is Take for good.
func Resume(name string) {
	if file == nil {
		return
	}
	kept.Lock()
	s := kept.sets[name]
	delete(kept.sets, name)
	kept.Unlock()
	use(s)
}

// Shaped remembers under a name a version of an object in place of what is there, if its shape is another: what the component acts upon.
func Shaped(name string, object any, shape ...any) {
	if file == nil {
		return
	}
	text := fmt.Sprint(shape...)
	kept.Lock()
	defer kept.Unlock()
	if known, is := kept.shapes[name]; is && known == text || len(kept.shapes) >= mostKept {
		return
	}
	notice := "update"
	if _, is := kept.shapes[name]; !is {
		notice = "add"
	}
	kept.shapes[name] = text
	kept.sets[name] = noticed(notice, nil, object, false)
}

// Enter makes the goroutine act upon what is kept under a name until the function that it returns is called.
func Enter(name string) func() {
	if file == nil {
		return nothing
	}
	before := current()
	kept.Lock()
	s := kept.sets[name]
	kept.Unlock()
	use(s)
	return func() { use(before) }
}

// Value is what a pointer points to, or nothing: for shapes.
func Value(pointer any) any {
	if v := reflect.ValueOf(pointer); v.Kind() == reflect.Pointer && !v.IsNil() {
		return v.Elem().Interface()
	}
	return ""
}
