/**
 * Flink at the ground floor: the cluster that executes, the sessions' planners, the one factory through which every table
 * is opened, and the warehouse's own tables.
 */
package dev.weirhouse.catalog.flink;
