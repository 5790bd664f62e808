package dev.weirhouse.server.architecture.planted.catalog;

import dev.weirhouse.server.architecture.planted.stream.LooksAside;

/** Against the picture: the ground floor uses a lane. */
final class LooksUp {

    LooksAside lane;
}
