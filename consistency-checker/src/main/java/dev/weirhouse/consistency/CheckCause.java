package dev.weirhouse.consistency;

/** Why a check was run. */
public enum CheckCause {
    DEMAND,
    COMMIT,
    SCHEDULE
}
