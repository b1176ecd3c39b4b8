SELECT COUNT(*) AS orders FROM `shop.orders` WHERE {{period}}
