/** Where a warehouse is: the home folder that its process holds, the address that it leaves there, and its ports. */
package dev.weirhouse.server.place;
