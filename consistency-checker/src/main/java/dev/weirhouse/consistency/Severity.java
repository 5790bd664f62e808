package dev.weirhouse.consistency;

/** How much it matters that a check fails. */
public enum Severity {
    /** It is told. */
    WARNING,
    /** It is told, and a command that runs the check ends with a status that says so. */
    ERROR
}
