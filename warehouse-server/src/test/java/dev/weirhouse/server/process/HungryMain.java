package dev.weirhouse.server.process;

import java.util.ArrayList;
import java.util.List;

/** A process that asks for more memory than it has. */
final class HungryMain {

    private static final int BLOCK = 64 << 10;

    private enum How {
        /** Too much at once, and then it goes on. */
        ONCE,
        /** Little by little, and keeps all of it. */
        FOR_GOOD,
        /** Too much at once, where nobody catches it. */
        IN_A_THREAD
    }

    private HungryMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (MemoryWatch watch = MemoryWatch.start()) {
            switch (How.valueOf(arguments[0])) {
                case ONCE -> askForTooMuch();
                case FOR_GOOD -> keepAll();
                case IN_A_THREAD -> {
                    Thread thread = new Thread(() -> System.out.println(new byte[Integer.MAX_VALUE].length));
                    thread.start();
                    thread.join();
                }
            }
        }
    }

    private static void askForTooMuch() {
        try {
            System.out.println(new byte[Integer.MAX_VALUE].length);
        } catch (OutOfMemoryError e) {
            System.out.println(e.getMessage());
        }
    }

    private static void keepAll() throws InterruptedException {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            try {
                kept.add(new byte[BLOCK]);
            } catch (OutOfMemoryError e) {
                Thread.sleep(1);
            }
        }
    }
}
