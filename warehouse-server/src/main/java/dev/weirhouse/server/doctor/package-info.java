/**
 * {@code weir doctor}: looks at the machine and the home folder of a warehouse, running or not, and says what is wrong and
 * what to do. It reads and never writes, except for a file that it tries to make and takes away again.
 */
package dev.weirhouse.server.doctor;
