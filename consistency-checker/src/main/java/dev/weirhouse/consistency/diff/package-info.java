/**
 * Compares the rows of two tables, or of one at two moments: by the files that both have, then by checksums of their parts, and
 * row by row only where these differ. Rows that are looked at more than once rest in the heap up to a bound, and beyond it in
 * files of the home.
 */
package dev.weirhouse.consistency.diff;
