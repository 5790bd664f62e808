package dev.weirhouse.server.architecture.planted.stream;

import dev.weirhouse.server.architecture.planted.batch.TakesTestKit;

/** Against the picture: one lane uses another. */
public final class LooksAside {

    TakesTestKit otherLane;
}
