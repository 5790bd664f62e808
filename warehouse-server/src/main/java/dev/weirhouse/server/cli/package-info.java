/**
 * The commands of {@code weir} that talk to a running warehouse over HTTP.
 *
 * <p>{@link dev.weirhouse.server.cli.ApiClient} finds the warehouse and speaks to it; each command prints what comes back
 * for people or, where asked, as JSON. Nothing here opens the warehouse's state or needs its libraries, so a command
 * starts quickly.
 */
package dev.weirhouse.server.cli;
