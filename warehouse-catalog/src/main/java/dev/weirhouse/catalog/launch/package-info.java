/** What the JVM itself is started with. */
package dev.weirhouse.catalog.launch;
