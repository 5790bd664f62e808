package dev.weirhouse.consistency.diff;

/** How numbers of the types FLOAT and DOUBLE are compared, outside of keys. */
public enum Floats {
    /** Equal to the last bit. */
    EXACT,
    /**
     * As sums, which the order of addition changes: to a billionth of a DOUBLE or of 1, whichever is more, and a
     * hundred-thousandth of a FLOAT or of 1.
     */
    AS_SUMS
}
