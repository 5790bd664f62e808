/**
 * The process: it opens the floors below in order, lets users in, and closes everything again.
 *
 * <p>{@link dev.weirhouse.server.Main} is the command {@code weir}. {@code weir up} runs a warehouse: package {@code
 * process} opens the ground floor, the lanes and the doors, and says what is ready; package {@code http} is the door for
 * REST, health and metrics. All other commands, in package {@code cli}, are clients of that door: they find the process by
 * the address file that it leaves in its home folder and never open its state themselves. Package {@code doctor} looks at
 * a machine before anything runs on it.
 *
 * <p>Nothing rests here: what outlives the process is in the state store and in the tables.
 */
package dev.weirhouse.server;
