// Package layers holds no code, only the test that the project's packages import each other downwards and that each
// large dependency has one place:
//
//	cmd → migrate/batch → {migrate/source, migrate/target} → migrate → state → dedupe
package layers
