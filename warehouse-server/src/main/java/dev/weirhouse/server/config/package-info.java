/** Where the process's settings come from: {@code weirhouse.yaml}, the environment and the command line, in that order. */
package dev.weirhouse.server.config;
