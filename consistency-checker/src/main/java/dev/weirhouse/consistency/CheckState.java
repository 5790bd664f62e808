package dev.weirhouse.consistency;

/**
 * How a check went.
 *
 * <ul>
 *   <li>RUNNING: it waits or runs; to PASSED, FAILED or ERROR
 *   <li>PASSED: what it asks for is so
 *   <li>FAILED: it is not
 *   <li>ERROR: it is not known, with a reason: a table is gone, a text no longer valid, time was up, the process died
 * </ul>
 */
public enum CheckState {
    RUNNING,
    PASSED,
    FAILED,
    ERROR
}
