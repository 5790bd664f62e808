/** What the JVM itself is started with, and the jars that a home adds to it. */
package dev.weirhouse.catalog.launch;
