/**
 * The running process: what is opened, in which order, and how it is closed again.
 *
 * <p>{@link dev.weirhouse.server.process.WarehouseServer} opens the ground floor, the lanes and the doors from the bottom
 * up, and closes them from the top down, so that nothing is used that is not open. While it runs, the address file in its
 * home folder tells clients where it listens.
 */
package dev.weirhouse.server.process;
