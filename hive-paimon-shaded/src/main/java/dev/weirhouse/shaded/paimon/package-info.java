/** What stands in for classes of Paimon's bundle. */
package dev.weirhouse.shaded.paimon;
