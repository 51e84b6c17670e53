// Functions of goroutine.go have no bodies: with this file the compiler looks for them elsewhere.
