package dev.weirhouse.server.architecture.planted.batch;

import dev.weirhouse.server.architecture.planted.testkit.Kit;

/** Against the picture: what runs in production uses the test kit. */
public final class TakesTestKit {

    Kit kit;
}
