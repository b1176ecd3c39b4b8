/* Logins that fail too often have to wait. */
#pragma once

struct throttle *throttle_open(void);
void throttle_close(struct throttle *throttle);
