package cause

import "unsafe"

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(labels unsafe.Pointer)

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

// current is what this goroutine acts upon, or nil.
func current() *Set { return (*Set)(getLabels()) }

func use(s *Set) { setLabels(unsafe.Pointer(s)) }
