<?php
// Your end of the line in PHP, without packages: verifies callbacks and prints their events.
//   WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:3000 examples/receiver.php

function isGenuine(string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $signedAt = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($signedAt) || abs(time() - (int) $signedAt) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET')));
    $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$signedAt.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($wanted, $given)) {
            return true;
        }
    }
    return false;
}

$body = file_get_contents('php://input');
if (!isGenuine($body)) {
    http_response_code(401);
    return;
}
// An event may come twice; its id stays the same. Yours would keep the ids in a database.
$seen = sys_get_temp_dir() . '/receiver-' . hash('sha256', $_SERVER['HTTP_WEBHOOK_ID']);
if (!file_exists($seen)) {
    file_put_contents('php://stdout', $body . "\n");
    touch($seen);
}
// Only a 2xx ends the repetitions of an event.
http_response_code(204);
